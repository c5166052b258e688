/** Data that versions were made with, as it was declared: names, digests and licences. */
@NullMarked
package dev.mgit.hooks.data;

import org.jspecify.annotations.NullMarked;
