"""What every HTML page of ours is made with: the shell, the style sheets and the scripts. No content of any page."""
