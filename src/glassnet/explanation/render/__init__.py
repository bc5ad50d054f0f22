"""An explanation as text, Markdown or HTML. What is explained is decided in the rooms above; here it is only written down."""
