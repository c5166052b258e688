package dev.mgit.hooks.executor;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A job as Kubernetes takes it: one pod, never restarted, that runs the job's script as the owner of the job's folder,
 * or where the job runs apart its command as the image's user.
 * It has no environment and no service account's token unless an account is named.
 */
final class KubernetesJob {
    /** Carries the job's name, so that it is found again. */
    static final String LABEL = "mgit.dev/job";

    /** How long an ended Job stays to be looked at. */
    private static final int KEPT_SECONDS = 7 * 24 * 3600;

    /** A pod may take longer than its job by this, so that the job's own limit is the one that is told of. */
    private static final long GRACE_SECONDS = 300;

    private KubernetesJob() {}

    static io.fabric8.kubernetes.api.model.batch.v1.Job of(
            Job job, String name, Path script, KubernetesSettings settings) {
        Map<String, String> labels = new LinkedHashMap<>(settings.pairs("labels"));
        labels.put("app.kubernetes.io/managed-by", "mgit");
        labels.put(LABEL, name);
        return new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .addToAnnotations("mgit.dev/title", job.name())
                .endMetadata()
                .withNewSpec()
                .withBackoffLimit(0)
                .withTtlSecondsAfterFinished(KEPT_SECONDS)
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withSpec(pod(job, script, settings))
                .endTemplate()
                .endSpec()
                .build();
    }

    private static PodSpec pod(Job job, Path script, KubernetesSettings settings) {
        List<Volume> volumes = new ArrayList<>();
        List<VolumeMount> mounts = new ArrayList<>();
        settings.mounts().forEach((path, claim) -> {
            String name = "volume-" + volumes.size();
            volumes.add(volume(name, path, claim));
            mounts.add(new VolumeMountBuilder()
                    .withName(name)
                    .withMountPath(path.toString())
                    .build());
        });
        Map<String, Quantity> resources = resources(job.limits(), settings);
        Optional<String> account = settings.get("serviceAccount");
        var spec = new PodSpecBuilder()
                .withRestartPolicy("Never")
                .withServiceAccountName(account.orElse(null))
                .withAutomountServiceAccountToken(account.isPresent())
                .withNodeSelector(settings.pairs("nodeSelector"))
                .withVolumes(volumes)
                .withSecurityContext(job.apart() ? null : owner(job.folder()))
                .addNewContainer()
                .withName("command")
                .withImage(settings.image())
                .withCommand(
                        job.apart()
                                ? job.command()
                                : List.of("/bin/sh", script.toAbsolutePath().toString()))
                .withVolumeMounts(mounts)
                .withNewResources()
                .withRequests(resources)
                .withLimits(resources)
                .endResources()
                .endContainer();
        job.limits().timeout().ifPresent(time -> spec.withActiveDeadlineSeconds(time.toSeconds() + GRACE_SECONDS));
        return spec.build();
    }

    private static Volume volume(String name, Path path, Optional<String> claim) {
        var volume = new VolumeBuilder().withName(name);
        return claim.isPresent()
                ? volume.withNewPersistentVolumeClaim(claim.get(), false).build()
                : volume.withNewHostPath(path.toString(), "Directory").build();
    }

    private static Map<String, Quantity> resources(Limits limits, KubernetesSettings settings) {
        Map<String, Quantity> resources = new LinkedHashMap<>();
        if (limits.cpus() > 0) {
            resources.put("cpu", new Quantity(String.valueOf(limits.cpus())));
        }
        limits.memory().ifPresent(bytes -> resources.put("memory", new Quantity(String.valueOf(bytes))));
        if (limits.gpus() > 0) {
            resources.put(
                    settings.get("gpuResource").orElse("nvidia.com/gpu"), new Quantity(String.valueOf(limits.gpus())));
        }
        return resources;
    }

    /** What the command writes belongs to whoever reads it here. */
    private static PodSecurityContext owner(Path folder) {
        return new PodSecurityContextBuilder()
                .withRunAsUser(owner(folder, "unix:uid"))
                .withRunAsGroup(owner(folder, "unix:gid"))
                .build();
    }

    private static long owner(Path folder, String attribute) {
        try {
            return ((Number) Files.getAttribute(folder, attribute)).longValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
