package dev.mgit.lineage.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.tensors.ParameterRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters by role; all files here are headers with holes behind them. */
class RoleCountsTest {
    @TempDir
    private Path dir;

    /** A file of which only the header may be read. */
    private static final class HeaderOnly implements ByteSource {
        private final byte[] header;
        private final long size;

        HeaderOnly(byte[] header, long size) {
            this.header = header;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) throws IOException {
            if (position + length > header.length) {
                throw new IOException("weights were read, at byte " + (position + length));
            }
            System.arraycopy(header, (int) position, target, offset, length);
        }
    }

    private static SafetensorsHeader header() {
        return SafetensorsHeader.of(Nemotron15B.tensors(), Map.of("format", "pt"));
    }

    private static void assertPublishedCounts(RoleCounts counts) {
        assertThat(counts.embedding()).isEqualTo(3_145_728_000L);
        assertThat(counts.layers()).isEqualTo(12_482_248_704L);
        assertThat(counts.norms()).isEqualTo((4L * Nemotron15B.LAYERS + 2) * 6144);
        assertThat(counts.of(ParameterRole.HEAD).parameters()).isEqualTo(256_000L * 6144);
        assertThat(counts.of(ParameterRole.MLP).parameters()).isEqualTo(32L * 2 * 6144 * 24576);
        assertThat(counts.unknown()).isEmpty();
    }

    @Test
    void thePublishedShapeHasThePublishedCountsAndNoWeightIsRead() throws IOException {
        SafetensorsHeader header = header();
        var file = new HeaderOnly(header.bytes(), header.fileSize());
        assertPublishedCounts(
                RoleCounts.of(ModelHeader.of("model.safetensors", file).tensors()));
    }

    @Test
    void aFileOfThirtyOneGigabytesIsCountedWhereItLies() throws IOException {
        SafetensorsHeader header = header();
        Path file = dir.resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(header.bytes()));
            channel.write(ByteBuffer.wrap(new byte[1]), header.fileSize() - 1);
        }
        assertPublishedCounts(RoleCounts.of(ModelHeader.of(file).tensors()));
    }

    @ParameterizedTest
    @CsvSource({
        "token_embd.weight, EMBEDDINGS",
        "output.weight, HEAD",
        "output_norm.weight, NORMS",
        "blk.3.attn_q.weight, ATTENTION",
        "blk.3.attn_norm.weight, NORMS",
        "blk.3.ffn_gate_inp.weight, ROUTER",
        "blk.3.ffn_up_exps.weight, EXPERTS",
        "blk.3.ffn_up_shexp.weight, EXPERTS",
        "blk.3.ffn_up.weight, MLP",
        "blk.3.ssm_in.weight, MAMBA",
        "blk.3.ssm_a, MAMBA",
        "model.layers.0.block_sparse_moe.gate.weight, ROUTER",
        "model.layers.0.block_sparse_moe.experts.7.w1.weight, EXPERTS",
        "model.layers.0.mlp.gate.weight, ROUTER",
        "model.layers.0.mlp.gate_proj.weight, MLP",
        "model.layers.0.mlp.shared_expert.up_proj.weight, EXPERTS",
        "model.layers.0.mlp.shared_expert_gate.weight, ROUTER",
        "transformer.blocks.0.ffn.experts.mlp.w1, EXPERTS",
        "transformer.blocks.0.ffn.router.layer.weight, ROUTER",
        "backbone.layers.0.mixer.in_proj.weight, MAMBA",
        "backbone.layers.0.mixer.A_log, MAMBA",
        "backbone.layers.0.mixer.norm.weight, NORMS",
        "backbone.layers.7.mixer.q_proj.weight, ATTENTION",
        "backbone.layers.8.mixer.up_proj.weight, MLP",
        "decoder.layers.0.self_attention.linear_qkv.weight, ATTENTION",
        "decoder.layers.0.self_attention.linear_qkv.layer_norm_weight, NORMS",
        "decoder.layers.0.mlp.linear_fc1.weight, MLP",
        "decoder.layers.0.mlp.experts.linear_fc1.weight3, EXPERTS",
        "embedding.word_embeddings.weight, EMBEDDINGS",
        "output_layer.weight, HEAD",
        "transformer.h.0.mlp.c_fc.weight, MLP",
        "transformer.h.0.attn.c_attn.weight, ATTENTION",
        "transformer.wte.weight, EMBEDDINGS",
        "transformer.h.0.ln_1.weight, NORMS",
        "bert.embeddings.LayerNorm.weight, NORMS",
        "bert.encoder.layer.0.intermediate.dense.weight, MLP",
        "shared.weight, EMBEDDINGS",
        "encoder.block.0.layer.1.DenseReluDense.wi_0.weight, MLP",
        "model.layers.0.linear_attn.in_proj_qkvz.weight, ATTENTION",
        "bert.pooler.dense.weight, OTHER",
        "rope_freqs.weight, OTHER",
    })
    void namesOfTheCommonFamiliesTellTheirRole(String name, ParameterRole role) {
        assertThat(ParameterRole.of(name)).isEqualTo(role);
    }
}
