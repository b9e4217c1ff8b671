"""How well the judgement tells who is being lost, beside the libraries that tell it too."""
