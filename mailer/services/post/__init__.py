"""Run the postal desk: order print runs, print, post, take out, report what came back."""
