/** A choice with its label. */

export function Select(props: {
  label: string;
  value: string;
  options: readonly string[];
  disabled?: boolean;
  onValue: (value: string) => void;
}) {
  return (
    <label>
      {props.label}{" "}
      <select
        value={props.value}
        disabled={props.disabled}
        onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option} value={option}>
            {option.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}
