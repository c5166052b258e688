@NullMarked
package dev.mgit.lineage.maintain;

import org.jspecify.annotations.NullMarked;
