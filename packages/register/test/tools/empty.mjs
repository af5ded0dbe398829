// What a preload does that does nothing.
