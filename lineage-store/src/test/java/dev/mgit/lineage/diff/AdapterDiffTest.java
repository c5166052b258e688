package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.MadeTensor;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.tensors.AdapterFactors;
import dev.mgit.lineage.tensors.AdapterParameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters against their bases, in the names PEFT writes, and pipelines component by component. Made models. */
class AdapterDiffTest {
    private static final MadeModel BASE = Families.base("base", 3, new ModelShape(300, 64, 2, Element.F32));
    private static final MadeModel LORA = Families.adapter(BASE, "lora", 4, 8);

    @TempDir
    private Path folder;

    private Path write(String name, MadeModel model) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        model.writeWeightsTo(file);
        return file;
    }

    private Diff diff(Path a, Path b) throws IOException {
        DiffSide left = new DiffSide.OnDisk("a", a);
        DiffSide right = new DiffSide.OnDisk("b", b);
        return new Diffs(Optional.empty(), CopyProgress.none(), 2)
                .diff(new DiffRequest(left, right, Optional.empty(), Optional.empty(), DiffRequest.Depth.NUMBERS));
    }

    @Test
    void anAdapterIsReadAsWhatItAdapts() throws IOException {
        Path base = write("base.safetensors", BASE);
        Path lora = write("lora.safetensors", LORA);
        Diff diff = diff(base, lora);
        assertThat(diff.reading())
                .isEqualTo("the second is an adapter of the first: rank 8 on q_proj and v_proj in 4 layers");
        assertThat(diff.tensors()).allMatch(tensor -> tensor.status() == TensorChange.Status.ADDED);
        assertThat(diff(lora, base).reading()).startsWith("the first is an adapter of the second: rank 8");
        MadeModel larger = Families.base("larger", 3, new ModelShape(300, 128, 2, Element.F32));
        assertThat(diff(write("larger.safetensors", larger), lora).reading())
                .startsWith("the second is an adapter of another model: rank 8");
    }

    @Test
    void whatItSavesWholeIsComparedAndNamed() throws IOException {
        MadeTensor norm = BASE.tensors().stream()
                .filter(tensor -> tensor.name().contains("embed"))
                .findFirst()
                .orElseThrow();
        List<MadeTensor> tensors = new ArrayList<>(LORA.tensors());
        tensors.add(new MadeTensor("base_model.model." + norm.name(), norm.dtype(), norm.shape(), norm.data()));
        Path lora = write("lora.safetensors", new MadeModel("l", BASE.shape(), tensors, List.of(), "adapter", 1));
        Diff diff = diff(write("base.safetensors", BASE), lora);
        assertThat(diff.reading()).endsWith("saved whole");
        assertThat(diff.count(TensorChange.Status.RENAMED)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "base_model.model.h.0.attn.c_attn.lora_A.weight,h.0.attn.c_attn,true",
        "base_model.model.x.lora_B.default.weight,x,false",
        "base_model.model.model.embed_tokens.lora_embedding_A,model.embed_tokens,true",
        "unet.down_blocks.0.attn1.to_q.lora.up.weight,unet.down_blocks.0.attn1.to_q,false",
        "lora_unet_down_blocks_0_attn1_to_q.lora_down.weight,down_blocks_0_attn1_to_q,true"
    })
    void factorsAreKnownByTheirNames(String name, String target, boolean down) {
        assertThat(AdapterFactors.of(name)).contains(new AdapterFactors(target, down));
    }

    /** Names as PEFT 0.21 and LyCORIS write them. */
    @ParameterizedTest
    @CsvSource({
        "base_model.model.x.q_proj.ia3_l,x.q_proj,IA³",
        "base_model.model.x.q_proj.hada_w1_a,x.q_proj,LoHa",
        "lora_unet_x_to_q.hada_w1_a,x_to_q,LoHa",
        "base_model.model.x.q_proj.lokr_w2_b,x.q_proj,LoKr",
        "base_model.model.x.q_proj.vera_lambda_d,x.q_proj,VeRA",
        "base_model.vera_A,'',VeRA",
        "base_model.model.x.q_proj.oft_R.weight,x.q_proj,OFT",
        "base_model.model.x.q_proj.fourierft_spectrum,x.q_proj,fourierft",
        "base_model.model.x.norm.ln_tuning_layers.weight,x.norm,LN tuning",
        "base_model.model.x.q_proj.lora_magnitude_vector,x.q_proj,lora",
        "prompt_embeddings,'',prompt tuning"
    })
    void othersAreKnownByTheirNamesToo(String name, String target, String title) {
        AdapterParameter parameter = AdapterParameter.of(name).orElseThrow();
        assertThat(parameter.target()).isEqualTo(target);
        assertThat(parameter.title()).isEqualTo(title);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"model.layers.0.self_attn.q_proj.weight", "road_net.weight", "delora.weight", "shadow_head.bias"
            })
    void weightsOfAModelAreNoAdapter(String name) {
        assertThat(AdapterParameter.of(name)).isEmpty();
    }

    /** As {@code lora_bias} saves it. */
    @Test
    void theBiasOfAFactorIsNoFactor() {
        assertThat(AdapterFactors.of("base_model.model.x.lora_B.bias")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "h.0.attn.c_attn,transformer.h.0.attn.c_attn.weight,true",
        "transformer.h.0.attn.c_attn,h.0.attn.c_attn.weight,true",
        "down_blocks_0_attn1_to_q,down_blocks.0.attn1.to_q.weight,true",
        "h.0.attn.c_attn,h.10.attn.c_attn.weight,false",
        "h.0.attn.c_attn,h.0.attn.c_proj.weight,false"
    })
    void layersMayHaveMoreInFront(String target, String weight, boolean adapts) {
        assertThat(new AdapterFactors(target, true).adapts(weight)).isEqualTo(adapts);
    }

    @Test
    void componentsOfAPipelineAreReadOneByOne() throws IOException {
        MadeModel vae = Families.base("vae", 21, BASE.shape());
        for (String side : List.of("a", "b")) {
            boolean second = side.equals("b");
            write(side + "/vae/diffusion_pytorch_model.safetensors", vae);
            write(side + "/text_encoder/model.safetensors", BASE);
            write(
                    side + "/unet/diffusion_pytorch_model.safetensors",
                    second ? Families.fineTuned(BASE, "tuned", 5, 1e-3) : BASE);
            Files.writeString(folder.resolve(side).resolve("model_index.json"), "{}");
        }
        Diff diff = diff(folder.resolve("a"), folder.resolve("b"));
        assertThat(diff.reading()).startsWith("text_encoder and vae: the same weights; unet: fine-tuned: ");
        assertThat(diff.tensors()).allMatch(tensor -> tensor.name().matches("(unet|vae|text_encoder)\\..*"));
        assertThat(diff(folder.resolve("a"), folder.resolve("a")).reading()).isEqualTo("identical");
    }
}
