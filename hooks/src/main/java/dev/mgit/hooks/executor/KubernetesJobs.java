package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The Jobs of a cluster, {@code batch/v1}, and their pods. The only class that talks to Kubernetes. */
final class KubernetesJobs implements AutoCloseable {
    private static final int CONFLICT = 409;
    private static final int LOG_LINES = 50;
    private static final int MAX_CAUSES = 20;

    private final KubernetesClient client;
    private final KubernetesSettings settings;
    private final String namespace;

    KubernetesJobs(KubernetesClient client, KubernetesSettings settings) {
        this.client = client;
        this.settings = settings;
        this.namespace = settings.get("namespace")
                .or(() -> Optional.ofNullable(client.getConfiguration().getNamespace()))
                .orElse("default");
    }

    /** By the user's kubeconfig, or in a pod by its service account. */
    static KubernetesJobs connect(KubernetesSettings settings) {
        Config config = Config.autoConfigure(settings.get("context").orElse(null));
        config.setConnectionTimeout(10_000);
        config.setRequestTimeout(30_000);
        config.setRequestRetryBackoffLimit(3);
        return new KubernetesJobs(
                new KubernetesClientBuilder().withConfig(config).build(), settings);
    }

    /** Makes the Job; one of this name is it already. */
    String create(dev.mgit.hooks.executor.Job job, String name, Path script) {
        Job wanted = KubernetesJob.of(job, name, script, settings);
        try {
            client.batch().v1().jobs().inNamespace(namespace).resource(wanted).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw failed("did not take " + job.name(), e);
            }
        }
        return name;
    }

    Optional<String> find(String name) {
        List<Job> jobs = asked(() -> client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withLabel(KubernetesJob.LABEL, name)
                .list()
                .getItems());
        return jobs.stream().map(job -> job.getMetadata().getName()).findFirst();
    }

    void delete(String name) {
        var unused = asked(() -> client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withLabel(KubernetesJob.LABEL, name)
                .withPropagationPolicy(DeletionPropagation.FOREGROUND)
                .delete());
    }

    RemoteExecutor.Sighting look(String name, Path folder) {
        Job job = asked(() ->
                client.batch().v1().jobs().inNamespace(namespace).withName(name).get());
        if (job == null) {
            return RemoteExecutor.Sighting.of(RemoteExecutor.State.ENDED, "Kubernetes has no such Job any more");
        }
        Optional<Pod> pod =
                asked(() -> client.pods()
                                .inNamespace(namespace)
                                .withLabel("job-name", name)
                                .list()
                                .getItems())
                        .stream()
                        .findFirst();
        String said = "Kubernetes Job " + name + pod.map(KubernetesJobs::state).orElse("");
        Optional<String> over = over(job);
        if (over.isPresent()) {
            pod.ifPresent(ended -> keepLog(ended, folder));
            return RemoteExecutor.Sighting.of(RemoteExecutor.State.ENDED, said + " " + over.get());
        }
        boolean running = pod.filter(some -> phase(some).equals("Running")).isPresent();
        return RemoteExecutor.Sighting.of(running ? RemoteExecutor.State.RUNNING : RemoteExecutor.State.WAITING, said);
    }

    /** How a Job ended: {@code complete}, or why it failed. */
    private static Optional<String> over(Job job) {
        return Stream.ofNullable(job.getStatus())
                .flatMap(status -> Stream.ofNullable(status.getConditions()).flatMap(List::stream))
                .filter(condition -> "True".equals(condition.getStatus()))
                .filter(condition -> List.of("Complete", "Failed").contains(condition.getType()))
                .map(condition -> condition.getType().equals("Complete")
                        ? "complete"
                        : "failed: " + or(condition.getReason(), "no reason given"))
                .findFirst();
    }

    private static String or(@org.jspecify.annotations.Nullable String text, String otherwise) {
        return text == null || text.isBlank() ? otherwise : text;
    }

    private static String phase(Pod pod) {
        return pod.getStatus() == null ? "" : or(pod.getStatus().getPhase(), "");
    }

    /** {@code , pod Pending, ImagePullBackOff}: what holds it up or ended it. */
    private static String state(Pod pod) {
        String reasons = Stream.ofNullable(pod.getStatus())
                .flatMap(status -> Stream.concat(
                        Stream.ofNullable(status.getReason()),
                        Stream.ofNullable(status.getContainerStatuses())
                                .flatMap(List::stream)
                                .map(container -> reason(container.getState()))))
                .filter(reason -> !reason.isEmpty())
                .map(reason -> ", " + reason)
                .reduce("", String::concat);
        return ", pod " + phase(pod) + reasons;
    }

    private static String reason(@org.jspecify.annotations.Nullable ContainerState state) {
        if (state != null && state.getWaiting() != null) {
            return or(state.getWaiting().getReason(), "");
        }
        if (state != null && state.getTerminated() != null) {
            return or(state.getTerminated().getReason(), "") + " exit code "
                    + state.getTerminated().getExitCode();
        }
        return "";
    }

    /** A command that never got as far as its own log has said why in its pod's. */
    private void keepLog(Pod pod, Path folder) {
        Path log = folder.resolve("stderr.log");
        if (Files.exists(log) || Files.exists(folder.resolve("exit"))) {
            return;
        }
        try {
            String text = client.pods()
                    .inNamespace(namespace)
                    .withName(pod.getMetadata().getName())
                    .tailingLines(LOG_LINES)
                    .getLog();
            if (text != null && !text.isBlank()) {
                FolderTools.replace(log, text.getBytes(StandardCharsets.UTF_8));
            }
        } catch (KubernetesClientException e) {
            return; // a pod that is gone has no log
        }
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            throw failed("does not answer", e);
        }
    }

    private static MgitException failed(String what, KubernetesClientException e) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "Kubernetes " + what + ": " + why(e),
                "'kubectl auth can-i create jobs' tells whether the cluster and the rights are there",
                e);
    }

    /** What the server says; where it was not reached, what kept it from it. */
    private static String why(KubernetesClientException e) {
        if (e.getStatus() != null) {
            return or(e.getStatus().getMessage(), "it says no more");
        }
        Throwable deepest = e;
        for (int i = 0; i < MAX_CAUSES && deepest.getCause() != null; i++) {
            deepest = deepest.getCause();
        }
        String name = deepest.getClass().getSimpleName();
        return deepest.getMessage() == null ? name : name + ": " + deepest.getMessage();
    }

    @Override
    public void close() {
        client.close();
    }
}
