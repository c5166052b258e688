/** Scores parent detection on labelled families. */
@NullMarked
package dev.mgit.cli.bench.detect;

import org.jspecify.annotations.NullMarked;
