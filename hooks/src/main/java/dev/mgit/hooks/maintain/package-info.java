/** Cleaning up what commands leave behind. Deletes nothing that a process still works with. */
@NullMarked
package dev.mgit.hooks.maintain;

import org.jspecify.annotations.NullMarked;
