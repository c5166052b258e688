/** Python pickles of every protocol, parsed as inert data and never executed. */
@NullMarked
package dev.mgit.delta.format.pickle;

import org.jspecify.annotations.NullMarked;
