"""The postal desk: print runs in five steps, what came back, who gets post, the centres, and lists read in."""
