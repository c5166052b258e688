/** Scores parent detection on labelled families. */
@NullMarked
package dev.mgit.bench.detect;

import org.jspecify.annotations.NullMarked;
