/** What happens by itself when versions appear: registered hooks, tests, and updates of what is downstream. */
@NullMarked
package dev.mgit.hooks.event;

import org.jspecify.annotations.NullMarked;
