/** The transport: start, back, play, step, end, the slider, the stops, what an update is made of. */
import { STOPS, type Stop } from "../course/stops";
import { SPEEDS } from "../player";
import { useLab, usePage } from "./context";
import { tryTo } from "./opening";

const MEANINGS: Record<Stop, string> = {
  forward: "values go from the inputs to the outputs",
  loss: "how wrong the outputs are",
  backward: "how the loss changes with each number",
  update: "what the weights become",
};
const BATCHES = [2, 4, 8, 16, 32, 64]; // rows of an update

export function Transport() {
  const lab = useLab();
  const { player } = usePage();
  const { iteration, stop } = lab.position.value;
  const { iterations } = lab.setup.value;
  const playing = player.isPlaying.value;
  const act = (work: () => void) => () => {
    player.pause();
    work();
  };
  return (
    <footer class="transport">
      <div class="buttons">
        <button
          type="button"
          title="to the start (Home)"
          onClick={act(() => lab.goTo(0, "forward"))}
        >
          |◁
        </button>
        <button
          type="button"
          title="back a stop (←); with Shift an iteration"
          disabled={iteration === 0 && stop === "forward"}
          onClick={act(() => lab.back())}
        >
          ◁ back
        </button>
        <button
          type="button"
          class="play"
          title={playing ? "pause (space)" : "play (space)"}
          onClick={() => player.toggle()}
        >
          {playing ? "❚❚ pause" : "▶ play"}
        </button>
        <button
          type="button"
          title="a stop on (→); with Shift an iteration"
          disabled={lab.isAtEnd && stop === "update"}
          onClick={act(() => lab.step())}
        >
          step ▷
        </button>
        <button type="button" title="to the end (End)" onClick={() => player.travel(iterations)}>
          ▷|
        </button>
      </div>
      <ol class="stops" aria-label="stops of this iteration">
        {STOPS.map((one) => (
          <li key={one}>
            <button
              type="button"
              aria-current={one === stop ? "step" : undefined}
              title={MEANINGS[one]}
              onClick={act(() => lab.goTo(iteration, one))}
            >
              {one}
            </button>
          </li>
        ))}
      </ol>
      <label class="slider">
        <span class="hidden">iteration</span>
        <input
          type="range"
          min={0}
          max={iterations}
          value={iteration}
          aria-valuetext={`iteration ${iteration} of ${iterations}`}
          onInput={(event) => {
            player.travel(Number(event.currentTarget.value));
          }}
        />
      </label>
      <span class="iteration">
        <Field
          title="the iteration: type where to go"
          value={iteration}
          least={0}
          onNumber={(value) => player.travel(value)}
        />
        /
        <Field
          title="how many are planned"
          value={iterations}
          least={1}
          onNumber={(value) => lab.plan(value)}
        />
      </span>
      <label class="batch" title="what an update is made of; another choice begins anew">
        by{" "}
        <select
          aria-label="what an update is made of"
          value={lab.setup.value.batchSize}
          onChange={(event) => {
            player.pause();
            const batchSize = Number(event.currentTarget.value);
            tryTo(lab, () => lab.restart({ ...lab.setup.value, batchSize }));
          }}
        >
          <option value={1}>row</option>
          {BATCHES.map((size) => (
            <option key={size} value={size}>
              batch of {size}
            </option>
          ))}
          <option value={0}>epoch</option>
        </select>
      </label>
      <label class="speed">
        <span class="hidden">speed</span>
        <select
          value={SPEEDS.indexOf(player.speed.value)}
          onChange={(event) => {
            player.speed.value = SPEEDS[Number(event.currentTarget.value)];
          }}
        >
          {SPEEDS.map(({ title }, i) => (
            <option key={title} value={i}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}

/** A whole number that can be typed in. */
function Field(props: {
  title: string;
  value: number;
  least: number;
  onNumber: (value: number) => void;
}) {
  return (
    <input
      title={props.title}
      aria-label={props.title}
      value={props.value}
      inputMode="numeric"
      size={6}
      onChange={(event) => {
        const text = event.currentTarget.value.trim();
        const value = Number(text);
        if (text && Number.isInteger(value) && value >= props.least) props.onNumber(value);
        event.currentTarget.value = String(props.value);
      }}
    />
  );
}
