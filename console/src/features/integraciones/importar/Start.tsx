// The first step of an import: what it brings, and the file or the cells. Below, what was begun and not finished.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ClipboardPaste, FileUp, Table2 } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, DropZone, FileTrigger, Text } from "react-aria-components";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { queries } from "~/app/queries";
import { may } from "~/app/session";
import { Button, Note, Progress, RadioGroup, Select, TextArea } from "~/ui";
import { Drafts } from "./Drafts";
import { useMakes } from "./makes";
import { changeDraft, draftQuery, type Makes, templatesQuery, upload } from "./queries";
import { Steps } from "./Steps";
import "./importar.css";

const route = getRouteApi("/integraciones/importar");
const NONE = "none";
const ACCEPTED = [".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".xml", ".html"];

export function Start() {
    const { t } = useLingui();
    const format = useFormat();
    const navigate = route.useNavigate();
    const { planilla, hace } = route.useSearch();
    const templates = useSuspenseQuery(templatesQuery()).data.filter((one) => one.state !== "disabled");
    const chosen = templates.find((one) => one.id === planilla);
    const all = useMakes();
    const [makes, setMakes] = useState<Makes>(() => (all.find((one) => one.id === hace) ?? all.find((one) => may(one.permission)))?.id ?? "tasks");
    const [pasting, setPasting] = useState(false);
    const [cells, setCells] = useState("");
    const [received, setReceived] = useState(0);
    const sending = useMutation({
        mutationFn: async (file: File) => {
            setReceived(0);
            const draft = await upload({ file, name: file.name, template: chosen?.id, makes: chosen ? undefined : makes, onPart: setReceived });
            queries.setQueryData(draftQuery(draft.id).queryKey, draft);
            // The headings may speak for the other kind; what was chosen counts.
            if (!chosen && draft.state === "ready" && draft.makes !== makes) await changeDraft(draft.id, { makes });
            return draft.id;
        },
        onSuccess: (draft) => {
            void queries.invalidateQueries({ queryKey: ["imports", "drafts"] });
            return navigate({ to: "/integraciones/importar/$draft", params: { draft } });
        },
    });
    const send = (file: File | undefined) => file && !sending.isPending && sending.mutate(file);
    const sendCells = (text: string) => send(new File([text], t`Celdas pegadas`, { type: "text/plain" }));
    const problem = sending.error ? refusalOf(sending.error).problem : undefined;
    return (
        <Page section={t`Integraciones`} title={t`Importar`} bar={<Steps at={1} />} className="page-text import-start">
            <section>
                <h2>
                    <Trans>Qué se importa</Trans>
                </h2>
                {problem && (
                    <Note kind="refused" alert>
                        <b>{problem.title}</b> {problem.detail}
                    </Note>
                )}
                {templates.length > 0 && (
                    <Select
                        label={t`Planilla`}
                        value={chosen?.id ?? NONE}
                        onChange={(id) => void navigate({ search: id === NONE ? {} : { planilla: id }, replace: true })}
                        options={[{ id: NONE, label: t`Ninguna: reconocer las columnas por sus títulos` }, ...templates.map((one) => ({ id: one.id, label: one.name, detail: all.find((words) => words.id === one.makes)?.many }))]}
                    />
                )}
                {!chosen && (
                    <RadioGroup
                        label={t`Cada fila es`}
                        value={makes}
                        onChange={(value) => setMakes(value as Makes)}
                        options={all.map((one) => ({ id: one.id, label: one.One, detail: one.detail }))}
                    />
                )}
            </section>
            <section>
                <DropZone
                    className="drop"
                    getDropOperation={() => "copy"}
                    onDrop={async (event) => {
                        for (const item of event.items) {
                            if (item.kind === "file") return void send(await item.getFile());
                            if (item.kind === "text" && item.types.has("text/plain")) return sendCells(await item.getText("text/plain"));
                        }
                    }}
                >
                    {sending.isPending ? (
                        <Progress label={t`Subiendo «${sending.variables.name}»`} value={received || 1} max={sending.variables.size} right={format.bytes(sending.variables.size)} />
                    ) : (
                        <>
                            <FileUp size={24} aria-hidden />
                            <Text slot="label" className="drop-title">{t`Suelte aquí el archivo`}</Text>
                            <small>{t`xlsx, xls, ods o texto con separadores, de hasta 200 MB. Se sube una vez y queda como borrador.`}</small>
                            <div className="form-acts">
                                <FileTrigger acceptedFileTypes={ACCEPTED} onSelect={(files) => send(files?.[0])}>
                                    <AriaButton className="btn btn-primary">
                                        <Table2 size={16} aria-hidden />
                                        <Trans>Elegir un archivo…</Trans>
                                    </AriaButton>
                                </FileTrigger>
                                <Button icon={ClipboardPaste} onPress={() => setPasting(!pasting)}>
                                    <Trans>Pegar celdas</Trans>
                                </Button>
                            </div>
                        </>
                    )}
                </DropZone>
                {pasting && !sending.isPending && (
                    <form
                        className="form paste"
                        onSubmit={(event) => {
                            event.preventDefault();
                            if (cells.trim()) sendCells(cells);
                        }}
                    >
                        <TextArea label={t`Celdas copiadas de una planilla de cálculo`} value={cells} onChange={setCells} rows={6} autoFocus help={t`Con su fila de títulos. Cópielas en Excel o LibreOffice y péguelas aquí.`} spellCheck="false" />
                        <div className="form-acts">
                            <Button type="submit" look="primary" reason={cells.trim() ? undefined : t`Pegue antes las celdas.`}>
                                <Trans>Usar estas celdas</Trans>
                            </Button>
                        </div>
                    </form>
                )}
            </section>
            <Drafts />
            <p className="dim">
                <Link to="/integraciones/historial" className="link">
                    <Trans>Ver lo que ya se importó</Trans>
                </Link>
            </p>
        </Page>
    );
}
