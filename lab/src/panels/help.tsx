/** What a newcomer should know, in a menu. */

const KEYS: [key: string, does: string][] = [
  ["→ ←", "a stop on, a stop back"],
  ["Shift → ←", "an iteration on, an iteration back"],
  ["space", "play and pause"],
  ["Home End", "to the start, to the end"],
  ["↑ ↓", "the row above, the row below"],
  ["Esc", "lets go of the chosen number, closes menus"],
];

export function HelpMenu() {
  return (
    <details class="menu">
      <summary aria-label="help">?</summary>
      <div class="help">
        <p>
          Each iteration has four stops: <b>forward</b>, values go from the inputs to the outputs;{" "}
          <b>loss</b>, how wrong they are; <b>backward</b>, how the loss changes with each number;{" "}
          <b>update</b>, what the weights become. Click on any number to see what it is made of.
        </p>
        <p>
          <b>w</b> weight, <b>b</b> bias, <b>z</b> what goes into a node, <b>a</b> what comes out,{" "}
          <b>y</b> what should come out, <b>e</b> the loss of a row, <b>E</b> the loss of all,{" "}
          <b>δ</b> how E changes with z. z1.2 is of the second node of the first layer, w1[3→2] the
          weight from its third input. An epoch is a run through all rows.
        </p>
        <table>
          <tbody>
            {KEYS.map(([key, does]) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{does}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          Cells can be edited by a double click, weights beside their sum. Files that you open or
          drop stay on this machine: the page sends nothing anywhere.
        </p>
      </div>
    </details>
  );
}
