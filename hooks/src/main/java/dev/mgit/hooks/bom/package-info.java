/** Bills of materials that come from elsewhere, and what they say of versions that are here. */
@NullMarked
package dev.mgit.hooks.bom;

import org.jspecify.annotations.NullMarked;
