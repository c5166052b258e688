package dev.mgit.demo;

import java.io.IOException;

/** A part of the demo that tells one story. */
interface Act {
    void play(Stage stage) throws IOException;
}
