/** A choice with its label. */

export function Select(props: {
  label: string;
  /** The label is for screen readers alone. */
  isBare?: boolean;
  /** The options are names of the user's, shown as they are. */
  isOwn?: boolean;
  value: string;
  options: readonly string[];
  disabled?: boolean;
  onValue: (value: string) => void;
}) {
  return (
    <label>
      <span class={props.isBare ? "hidden" : ""}>{props.label}</span>{" "}
      <select
        value={props.value}
        disabled={props.disabled}
        onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option} value={option}>
            {props.isOwn ? option : option.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}
