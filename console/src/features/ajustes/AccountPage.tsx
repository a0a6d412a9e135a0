// The company: its name, zone and language, and how Campo works for it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { api } from "~/api/client";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { Page } from "~/app/frame/Page";
import { queries } from "~/app/queries";
import { Checkbox, Combo, KeyValues, RadioGroup, say, Select, TextField } from "~/ui";
import { zones } from "~/ui/zones";
import { type Account, accountQuery, readAccount } from "./company";

type Draft = { name: string; zone: string | null; language: string; location: string; agreement: boolean; closed: string; files: string };

const draftOf = (one?: Account): Draft => ({
    name: one?.name ?? "",
    zone: one?.zone ?? null,
    language: one?.language ?? "es",
    location: one?.settings?.location ?? "entries",
    agreement: one?.settings?.correction_agreement ?? false,
    closed: String(one?.settings?.closed_task_days ?? 7),
    files: String(one?.settings?.files_wait_days ?? 7),
});

const number = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());

const bodyOf = ({ name, zone, language, location, agreement, closed, files }: Draft) => ({
    name: name.trim(),
    zone,
    language,
    settings: { location, correction_agreement: agreement, closed_task_days: number(closed), files_wait_days: number(files) },
});

export function AccountPage() {
    const { t } = useLingui();
    const account = useSuspenseQuery(accountQuery()).data;
    const editing = useEditing<Draft, Account>({
        place: "account",
        object: account,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        change: (changes, version) => readAccount(api.PATCH("/v1/account", { params: { header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => readAccount(api.GET("/v1/account")),
        saved: async (saved) => {
            queries.setQueryData(accountQuery().queryKey, saved);
            say(t`Cuenta guardada`);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre de la empresa`, zone: t`Zona horaria`, language: t`Idioma`, settings: t`Ajustes`, "settings.location": t`Ubicación`, "settings.closed_task_days": t`Días que una tarea cerrada sigue en el teléfono`, "settings.files_wait_days": t`Días que se espera a las fotos` };
    return (
        <Page section={t`Ajustes`} title={t`Cuenta`} className="page-text">
            <section>
                <KeyValues facts={[[t`Código`, account.code]]} />
                <EditForm id="account-form" editing={editing} labels={labels}>
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} error={errorAt("name")} />
                    <div className="form-pair">
                        <Combo label={labels.zone!} name="zone" options={zones()} value={draft.zone} onChange={(zone) => set({ zone })} error={errorAt("zone")} help={t`En ella la empresa cuenta sus días.`} />
                        <Select label={labels.language!} name="language" options={[{ id: "es", label: t`Español` }, { id: "en", label: t`Inglés` }]} value={draft.language} onChange={(language) => set({ language })} error={errorAt("language")} />
                    </div>
                    <RadioGroup
                        label={t`Cuándo se guarda dónde está cada teléfono`}
                        name="settings.location"
                        options={[
                            { id: "never", label: t`Nunca` },
                            { id: "entries", label: t`Con cada marcación`, detail: t`Solo en el instante de lo que se registra.` },
                            { id: "shift", label: t`Durante la jornada`, detail: t`De la entrada a la salida; el teléfono lo muestra siempre. Nunca fuera de la jornada.` },
                        ]}
                        value={draft.location}
                        onChange={(location) => set({ location })}
                        error={errorAt("settings.location")}
                    />
                    <Checkbox selected={draft.agreement} onChange={(agreement) => set({ agreement })} help={t`Lo que pide un trabajador necesita siempre el acuerdo de la oficina.`}>
                        <Trans>Las correcciones de la oficina cuentan cuando el trabajador está de acuerdo</Trans>
                    </Checkbox>
                    <div className="form-pair">
                        <TextField label={labels["settings.closed_task_days"]!} name="settings.closed_task_days" inputMode="numeric" value={draft.closed} onChange={(closed) => set({ closed })} error={errorAt("settings.closed_task_days")} />
                        <TextField label={labels["settings.files_wait_days"]!} name="settings.files_wait_days" inputMode="numeric" value={draft.files} onChange={(files) => set({ files })} error={errorAt("settings.files_wait_days")} help={t`Después una entrada vale sin ellas.`} />
                    </div>
                </EditForm>
                <div className="form-acts">
                    <EditActs form="account-form" editing={editing} onDiscard={() => {}} />
                </div>
            </section>
        </Page>
    );
}
