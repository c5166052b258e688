/** Update cascades over graphs of the shapes of arXiv 2307.07507, small, with real training on real data. */
@NullMarked
package dev.mgit.bench.cascade;

import org.jspecify.annotations.NullMarked;
