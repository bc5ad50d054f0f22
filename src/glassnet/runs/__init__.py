"""The run folder: what a training leaves on disk, written and opened. How a run is trained is `recipe`'s."""
