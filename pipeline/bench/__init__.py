"""What painting costs: counted exactly, beside the stock pipelines of diffusers."""
