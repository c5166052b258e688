/** Data that versions were made with, as it was declared, and what other documents state of them. */
@NullMarked
package dev.mgit.hooks.data;

import org.jspecify.annotations.NullMarked;
