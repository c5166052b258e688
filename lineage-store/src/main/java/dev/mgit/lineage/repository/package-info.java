/** One repository on disk: where its parts are, who may write, and the doors to lineage and parameters. */
@NullMarked
package dev.mgit.lineage.repository;

import org.jspecify.annotations.NullMarked;
