/** How versions come in: one workflow for every way, the hooks that gate it, and what is told afterwards. */
@NullMarked
package dev.mgit.hooks.commit;

import org.jspecify.annotations.NullMarked;
