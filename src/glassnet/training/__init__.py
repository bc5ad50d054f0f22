"""From steps to a run: the plan, the engines that carry it out, what was measured. Knows `core`, nothing of tables or files."""
