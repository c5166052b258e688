package dev.mgit.hooks.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a made API server that keeps what it is given; the test is the node that runs them. */
class KubernetesExecutorTest {
    /** Says every request aloud. */
    private static final Logger LOG = Logger.getLogger(MockWebServer.class.getName());

    @TempDir
    private Path temp;

    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, String> here = Map.of("PATH", System.getenv("PATH"), "AWS_SECRET_ACCESS_KEY", "hush");
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);

    @BeforeEach
    void start() {
        LOG.setLevel(Level.OFF);
        server.init();
        settings.put("kubernetes.image", "registry/train:1");
        settings.put("kubernetes.namespace", "ml");
        settings.put("kubernetes.claim", "models:" + temp);
    }

    @AfterEach
    void stop() {
        server.destroy();
    }

    private KubernetesExecutor executor() {
        var from = new ExecutorSettings(key -> Optional.ofNullable(settings.get(key)), here);
        return new KubernetesExecutor(from, Duration.ofMillis(20), read -> new KubernetesJobs(client(), read));
    }

    /** One that does not try again for a minute. */
    private KubernetesClient client() {
        try (KubernetesClient made = server.createClient()) {
            Config config = new ConfigBuilder(made.getConfiguration())
                    .withRequestRetryBackoffLimit(0)
                    .build();
            return new KubernetesClientBuilder().withConfig(config).build();
        }
    }

    private Job job(String name, Limits limits, String line) {
        Map<String, String> environment = new HashMap<>(here);
        environment.put("MGIT_MODEL_NAME", "m");
        return new Job(name, List.of("sh", "-c", line), environment, temp, temp.resolve(name), limits, List.of());
    }

    @Test
    void aJobThatRunsApartNeedsNoVolumeAndIsItsCommandAlone() {
        settings.remove("kubernetes.hostPath");
        settings.remove("kubernetes.claim");
        var executor = executor();
        JobHandle handle = executor.submit(Job.apart(
                "update m", List.of("mgit", "node", "url", "run", "digest"), temp.resolve("job"), Limits.NONE));
        var spec = stored(handle).getSpec().getTemplate().getSpec();
        assertThat(spec.getContainers().get(0).getCommand()).containsExactly("mgit", "node", "url", "run", "digest");
        assertThat(spec.getVolumes()).isEmpty();
        assertThat(spec.getSecurityContext()).isNull();

        end(handle, "Complete", "");
        executor.retrieveBy(job -> Optional.of(new Retrieval.Left(JobStatus.exitCode(0), 2.5)));
        assertThat(executor.await(handle).ok()).isTrue();
        assertThat(handle.seconds()).isEqualTo(2.5);
    }

    private JobHandle submit(Executor executor, String name, String line) {
        return executor.submit(job(name, Limits.NONE, line));
    }

    private io.fabric8.kubernetes.api.model.batch.v1.Job stored(JobHandle handle) {
        try (KubernetesClient client = client()) {
            return client.batch()
                    .v1()
                    .jobs()
                    .inNamespace("ml")
                    .withName(handle.id())
                    .get();
        }
    }

    /** The pod of a Job, as far as it has come. */
    private void pod(JobHandle handle, String phase, String reason) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(handle.id() + "-x")
                .addToLabels("job-name", handle.id())
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .withReason(reason)
                .endStatus()
                .build();
        try (KubernetesClient client = client()) {
            client.pods().inNamespace("ml").resource(pod).createOr(existing -> existing.update());
        }
    }

    private void end(JobHandle handle, String type, String reason) {
        try (KubernetesClient client = client()) {
            client.batch()
                    .v1()
                    .jobs()
                    .inNamespace("ml")
                    .withName(handle.id())
                    .editStatus(job -> job.edit()
                            .editOrNewStatus()
                            .addNewCondition()
                            .withType(type)
                            .withStatus("True")
                            .withReason(reason)
                            .endCondition()
                            .endStatus()
                            .build());
        }
    }

    /** Does what a node would. */
    private void run(JobHandle handle) throws Exception {
        List<String> command = container(handle).getCommand();
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of("PATH"));
        Await.exit(builder.start());
    }

    private PodSpec spec(JobHandle handle) {
        return stored(handle).getSpec().getTemplate().getSpec();
    }

    private Container container(JobHandle handle) {
        return spec(handle).getContainers().get(0);
    }

    @Test
    void aJobIsOnePodWithItsResourcesVolumesAndLabelsAndNoSecret() {
        settings.put("kubernetes.labels", "team=ml,cost=7");
        settings.put("kubernetes.nodeSelector", "gpu=a100");
        settings.put("kubernetes.hostPath", "/data");
        var limits = new Limits(Optional.of(Duration.ofMinutes(10)), Optional.of(2L << 30), 4, 2);
        try (Executor executor = executor()) {
            JobHandle handle = executor.submit(job("train m", limits, "true"));
            var stored = stored(handle);
            assertThat(stored.getMetadata().getName()).isEqualTo(RemoteExecutor.nameOf(handle.folder()));
            assertThat(stored.getMetadata().getLabels())
                    .containsEntry("mgit.dev/job", handle.id())
                    .containsEntry("app.kubernetes.io/managed-by", "mgit")
                    .containsEntry("team", "ml")
                    .containsEntry("cost", "7");
            assertThat(stored.getMetadata().getAnnotations()).containsEntry("mgit.dev/title", "train m");
            assertThat(stored.getSpec().getBackoffLimit()).isZero();
            PodSpec spec = spec(handle);
            assertThat(spec.getRestartPolicy()).isEqualTo("Never");
            assertThat(spec.getAutomountServiceAccountToken()).isFalse();
            assertThat(spec.getActiveDeadlineSeconds()).isEqualTo(900);
            assertThat(spec.getNodeSelector()).containsEntry("gpu", "a100");
            assertThat(spec.getVolumes().get(0).getPersistentVolumeClaim().getClaimName())
                    .isEqualTo("models");
            assertThat(spec.getVolumes().get(1).getHostPath().getPath()).isEqualTo("/data");
            Container container = container(handle);
            assertThat(container.getImage()).isEqualTo("registry/train:1");
            assertThat(container.getCommand())
                    .containsExactly(
                            "/bin/sh", handle.folder().resolve("job.sh").toString());
            assertThat(container.getVolumeMounts().get(0).getMountPath()).isEqualTo(temp.toString());
            assertThat(container.getResources().getLimits())
                    .containsEntry("cpu", new Quantity("4"))
                    .containsEntry("memory", new Quantity("2147483648"))
                    .containsEntry("nvidia.com/gpu", new Quantity("2"));
            assertThat(container.getEnv()).isEmpty();
            assertThat(Serialization.asYaml(stored)).doesNotContain("hush");
            assertThat(handle.folder().resolve("job.sh"))
                    .content()
                    .contains("export MGIT_MODEL_NAME='m'")
                    .doesNotContain("hush");
        }
    }

    @Test
    void aJobIsWaitedForAndItsExitCodeAndOutputAreThoseOfItsCommand() throws Exception {
        try (Executor executor = executor()) {
            JobHandle handle = submit(executor, "job", "echo $MGIT_MODEL_NAME; exit 5");
            assertThat(executor.poll(handle).state()).isEqualTo(JobStatus.State.WAITING);
            pod(handle, "Pending", "Unschedulable");
            assertThat(executor().peek(handle).detail())
                    .isEqualTo("Kubernetes Job " + handle.id() + ", pod Pending, Unschedulable");
            pod(handle, "Running", null);
            assertThat(executor().peek(handle).state()).isEqualTo(JobStatus.State.RUNNING);
            run(handle);
            end(handle, "Failed", "BackoffLimitExceeded");
            assertThat(executor.await(handle).exitCode()).isEqualTo(5);
            assertThat(handle.stdout()).hasContent("m");
        }
    }

    @Test
    void aPodThatDiesWithoutAnExitCodeIsLostWithItsReason() {
        try (Executor executor = executor()) {
            JobHandle handle = submit(executor, "job", "true");
            pod(handle, "Failed", "Evicted");
            end(handle, "Failed", "BackoffLimitExceeded");
            JobStatus status = executor.await(handle);
            assertThat(status.state()).isEqualTo(JobStatus.State.LOST);
            assertThat(status.detail())
                    .startsWith("the job ended before it started: Kubernetes Job ")
                    .endsWith(", pod Failed, Evicted failed: BackoffLimitExceeded");
        }
    }

    @Test
    void submittingTwiceMakesOneJobAndWhoComesLaterFindsItByItsLabels() {
        try (Executor executor = executor()) {
            JobHandle handle = submit(executor, "job", "true");
            assertThat(submit(executor, "job", "true")).isEqualTo(handle);
            try (KubernetesClient client = client()) {
                assertThat(client.batch().v1().jobs().inNamespace("ml").list().getItems())
                        .hasSize(1);
            }
            assertThat(executor().recover(new JobHandle("", handle.folder()))).contains(handle);
            assertThat(executor().recover(new JobHandle("", temp.resolve("never"))))
                    .isEmpty();
        }
    }

    @Test
    void cancellingDeletesTheJobAndOneThatIsGoneIsLost() throws Exception {
        try (Executor executor = executor()) {
            JobHandle handle = submit(executor, "job", "true");
            executor.cancel(handle);
            assertThat(stored(handle)).isNull();
            assertThat(executor.await(handle).state()).isEqualTo(JobStatus.State.CANCELLED);

            JobHandle deleted = submit(executor, "deleted", "true");
            try (KubernetesClient client = client()) {
                client.batch().v1().jobs().inNamespace("ml").delete();
            }
            assertThat(executor.await(deleted).detail()).contains("Kubernetes has no such Job any more");
            // It was claimed: a pod that comes late does nothing.
            assertThat(Await.exit(new ProcessBuilder(
                                    "sh", deleted.folder().resolve("job.sh").toString())
                            .start()))
                    .isEqualTo(75);
        }
    }

    @Test
    void aServerThatDoesNotAnswerLosesNoJob() throws Exception {
        try (Executor executor = executor()) {
            JobHandle handle = submit(executor, "job", "true");
            List<String> command = container(handle).getCommand();
            server.destroy();
            for (int i = 0; i < 5; i++) {
                assertThat(executor.poll(handle).over()).isFalse();
            }
            assertThat(executor.peek(handle).detail()).startsWith("Kubernetes does not answer: ");
            assertThat(Await.exit(new ProcessBuilder(command).start())).isZero();
            assertThat(executor.await(handle).ok()).isTrue();
            assertThatThrownBy(() -> submit(executor, "next", "true"))
                    .isInstanceOf(MgitException.class)
                    .hasMessageStartingWith("Kubernetes did not take next: ");
        }
    }

    @Test
    void settingsThatCannotWorkAreRefusedBeforeAnythingIsAsked() {
        settings.remove("kubernetes.image");
        assertThatThrownBy(() -> submit(executor(), "job", "true"))
                .hasMessage("the executor 'kubernetes' has no image to run commands in");
        settings.put("kubernetes.image", "x");
        settings.put("kubernetes.claim", "models:/elsewhere");
        assertThatThrownBy(() -> submit(executor(), "job", "true"))
                .hasMessage("no volume of the cluster holds " + temp.resolve("job"));
        settings.put("kubernetes.claim", "models");
        assertThatThrownBy(() -> submit(executor(), "job", "true"))
                .hasMessage("cannot read 'models' in kubernetes.claim");
        settings.put("kubernetes.claim", "models:relative");
        assertThatThrownBy(() -> submit(executor(), "job", "true"))
                .hasMessage("the path 'relative' of a volume is not absolute");
        assertThat(temp.resolve("job")).doesNotExist();
    }
}
