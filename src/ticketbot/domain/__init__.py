"""The pure decisions everybody asks: values in, values out, no clock, no I/O."""
