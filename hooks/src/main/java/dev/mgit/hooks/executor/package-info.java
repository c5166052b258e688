/**
 * Where commands run: as local processes, as Slurm jobs, as Kubernetes Jobs, or by commands of the user's. A job outlives the process that submitted it and leaves its
 * exit code and output in files, so whoever comes later can collect it. An executor knows jobs, not models.
 */
@NullMarked
package dev.mgit.hooks.executor;

import org.jspecify.annotations.NullMarked;
