package dev.mgit.lineage.checkpoint;

/** Told how long work gets on. Methods are called from several threads. */
public interface CopyProgress {
    /**
     * A stretch of work begins.
     *
     * @param what e.g. {@code storing}
     * @param bytes how much there is to do
     */
    void start(String what, long bytes);

    void advance(long bytes);

    void done();

    static CopyProgress none() {
        return new CopyProgress() {
            @Override
            public void start(String what, long bytes) {}

            @Override
            public void advance(long bytes) {}

            @Override
            public void done() {}
        };
    }
}
