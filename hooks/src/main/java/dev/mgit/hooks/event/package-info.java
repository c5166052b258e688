/**
 * What runs by itself when versions appear: registered hooks, tests, and updates of what is downstream. Nothing here
 * runs what this user did not approve.
 */
@NullMarked
package dev.mgit.hooks.event;

import org.jspecify.annotations.NullMarked;
