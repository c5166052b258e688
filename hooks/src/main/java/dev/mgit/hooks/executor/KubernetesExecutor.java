package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs as Kubernetes Jobs of one pod each, whose container has the repository's file system mounted where it is
 * here. A Job's name and labels are made from the job's folder. Nothing of this process's environment goes into the Job:
 * its script sets what mgit adds.
 */
public final class KubernetesExecutor extends RemoteExecutor {
    static final String NAME = "kubernetes";

    private final KubernetesSettings settings;
    private final Function<KubernetesSettings, KubernetesJobs> connect;
    private @Nullable KubernetesJobs jobs;

    KubernetesExecutor(ExecutorSettings settings) {
        this(settings, Duration.ofSeconds(2), KubernetesJobs::connect);
    }

    /** @param connect made only once something is asked of the cluster: the client is a thousand classes */
    KubernetesExecutor(
            ExecutorSettings settings, Duration interval, Function<KubernetesSettings, KubernetesJobs> connect) {
        super(settings.environment(), settings.defaults(), interval);
        this.settings = new KubernetesSettings(settings);
        this.connect = connect;
    }

    private synchronized KubernetesJobs jobs() {
        KubernetesJobs open = jobs;
        if (open == null) {
            open = connect.apply(settings);
            jobs = open;
        }
        return open;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> remote() {
        return settings.get("remote");
    }

    @Override
    public boolean queues() {
        return false;
    }

    @Override
    public JobHandle submit(Job job) {
        settings.requireUsable(job);
        return super.submit(job);
    }

    @Override
    String start(Job job, String name, Path script) {
        return jobs().create(job, name, script);
    }

    @Override
    Sighting look(String name, String id, Path folder) {
        return jobs().look(id, folder);
    }

    @Override
    Optional<String> find(String name, Path folder) {
        return jobs().find(name);
    }

    @Override
    void end(String name, String id, Path folder) {
        try {
            jobs().delete(name);
        } catch (MgitException e) {
            // The claim keeps it from starting; the Job's deadline ends it if it has.
            return;
        }
    }

    @Override
    public synchronized void close() {
        KubernetesJobs open = jobs;
        if (open != null) {
            open.close();
        }
        jobs = null;
    }

    /** What a name maps to in settings like {@code a=b,c=d}. */
    static Map<String, String> pairs(String key, Iterable<String> words, String separator) {
        Map<String, String> pairs = new java.util.LinkedHashMap<>();
        for (String word : words) {
            int at = word.indexOf(separator);
            if (at <= 0 || at == word.length() - 1) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "cannot read '" + word + "' in " + key,
                        "write NAME" + separator + "VALUE, several with commas");
            }
            pairs.put(word.substring(0, at), word.substring(at + 1));
        }
        return pairs;
    }
}
