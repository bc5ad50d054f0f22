/** The page: four panels between the top bar and the transport; on a phone four tabs. */
import { useEffect, useState } from "preact/hooks";
import { AnswerPanel } from "./answer";
import { isHidden } from "./asking";
import { PageProvider, type PageState, TABS } from "./context";
import { CoursePanel } from "./course";
import { onKey } from "./keyboard";
import { NetworkPanel } from "./network";
import { openFile, tryTo } from "./opening";
import { SumPanel } from "./sum";
import { TablePanel } from "./table";
import { TopBar } from "./topbar";
import { Transport } from "./transport";

export function App({ page }: { page: PageState }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const listen = (event: Event) => onKey(page, event as KeyboardEvent);
    page.keys.addEventListener("keydown", listen);
    return () => page.keys.removeEventListener("keydown", listen);
  }, [page]);
  return (
    <PageProvider value={page}>
      <main
        onPointerDown={(event) => closeMenus(page, event)}
        class={`lab gn tab-${page.tab.value}${isOver ? " over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const [file] = event.dataTransfer?.files ?? [];
          if (file) void openFile(page, file);
        }}
      >
        <TopBar />
        <Tabs page={page} />
        <TablePanel />
        <NetworkPanel />
        <SumPanel />
        <CoursePanel />
        <AnswerPanel />
        <Messages page={page} />
        <Transport />
        <Live page={page} />
      </main>
    </PageProvider>
  );
}

/** Menus close when something else is touched. */
function closeMenus(page: PageState, event: Event): void {
  const inside = (event.target as Element).closest("details");
  for (const menu of page.root.querySelectorAll("details[open]"))
    if (menu !== inside) menu.removeAttribute("open");
}

function Tabs({ page }: { page: PageState }) {
  return (
    <nav class="tabs" aria-label="panels">
      {TABS.map((tab) => (
        <button
          type="button"
          key={tab}
          aria-pressed={page.tab.value === tab}
          onClick={() => {
            page.tab.value = tab;
          }}
        >
          {tab}
        </button>
      ))}
    </nav>
  );
}

/** What the user should know; and the way on where a run has failed. */
function Messages({ page }: { page: PageState }) {
  const lab = page.lab.value;
  const failure = lab.failure.value;
  const message = lab.message.value;
  if (!failure && !message) return null;
  const { rate } = lab.setup.value;
  return (
    <div class="messages" role="alert">
      {message && (
        <p>
          {message}{" "}
          <button
            type="button"
            onClick={() => {
              lab.message.value = "";
            }}
          >
            close
          </button>
        </p>
      )}
      {failure && (
        <p class="failure">
          Iteration {lab.position.value.iteration}: {failure.says} is not finite, so there is no
          update and the run ends.{" "}
          <button
            type="button"
            onClick={() => {
              if (failure.row !== null) lab.chooseRow(failure.row);
              lab.choose(failure.id);
            }}
          >
            show it
          </button>{" "}
          <button
            type="button"
            onClick={() => tryTo(lab, () => lab.restart({ ...lab.setup.value, rate: rate / 2 }))}
          >
            restart with half the rate, {rate / 2}
          </button>
        </p>
      )}
    </div>
  );
}

/** What a screen reader says of the place where the run stands, when it is not playing. */
function Live({ page }: { page: PageState }) {
  const lab = page.lab.value;
  if (page.player.isPlaying.value) return <p class="hidden" aria-live="polite" />;
  const { iteration, stop } = lab.position.value;
  const number = lab.number.value;
  const isSaid = number && !lab.hovered.value && !isHidden(lab, number.id);
  const is = isSaid ? `; ${number.symbol} is ${number.value}` : "";
  return (
    <p class="hidden" aria-live="polite">
      {`iteration ${iteration}, ${stop}${is}`}
    </p>
  );
}
