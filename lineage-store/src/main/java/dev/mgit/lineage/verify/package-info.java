/** Whether what a version says of itself in one place agrees with what it says in another. */
@NullMarked
package dev.mgit.lineage.verify;

import org.jspecify.annotations.NullMarked;
