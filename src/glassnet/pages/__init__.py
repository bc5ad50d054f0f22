"""What every HTML page of ours is made with: the shell, the style sheets and the scripts.

The content of a page is with what it shows.
"""
