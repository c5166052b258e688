package dev.mgit.hooks.executor;

import java.util.Optional;

/**
 * A scheduler whose nodes share no files with this machine. It gets the jobs that run {@linkplain Job#apart() apart};
 * what reads files here, such as tests, runs here. Jobs do not wait for each other in its queue: what one reads is
 * handed to it once it has been made.
 */
final class NodeExecutor implements Executor {
    private final Executor scheduler;
    private final Executor here;

    NodeExecutor(Executor scheduler, Executor here) {
        this.scheduler = scheduler;
        this.here = here;
    }

    private Executor of(JobHandle handle) {
        return new JobFolder(handle.folder()).isApart() ? scheduler : here;
    }

    @Override
    public String name() {
        return scheduler.name();
    }

    @Override
    public boolean queues() {
        return false;
    }

    @Override
    public Optional<String> remote() {
        return scheduler.remote();
    }

    @Override
    public void retrieveBy(Retrieval retrieval) {
        scheduler.retrieveBy(retrieval);
    }

    @Override
    public JobHandle submit(Job job) {
        return (job.apart() ? scheduler : here).submit(job);
    }

    @Override
    public JobStatus peek(JobHandle handle) {
        return of(handle).peek(handle);
    }

    @Override
    public JobStatus poll(JobHandle handle) {
        return of(handle).poll(handle);
    }

    @Override
    public Optional<JobHandle> recover(JobHandle handle) {
        return of(handle).recover(handle);
    }

    @Override
    public void cancel(JobHandle handle) {
        of(handle).cancel(handle);
    }

    @Override
    public void cancelAll() {
        here.cancelAll();
        scheduler.cancelAll();
    }

    @Override
    public void close() {
        try (here) {
            scheduler.close();
        }
    }
}
