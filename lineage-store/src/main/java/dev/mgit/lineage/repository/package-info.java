/**
 * One repository on disk: where its parts are, who may write, and the doors to lineage and parameters. Only {@link
 * dev.mgit.lineage.repository.RepositoryFiles} knows paths below {@code .mgit}.
 */
@NullMarked
package dev.mgit.lineage.repository;

import org.jspecify.annotations.NullMarked;
