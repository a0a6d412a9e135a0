// The account: how the company is called, where it counts its days, and how Campo works for it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { type Schemas, api, ifMatch, versioned } from "~/api/client";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { Page } from "~/app/frame/Page";
import { queries } from "~/app/queries";
import { resume } from "~/app/session";
import { Checkbox, Combo, KeyValues, Note, RadioGroup, Select, say, TextField } from "~/ui";
import { zones } from "~/ui/zones";
import { accountQuery, type Own } from "../account";

type Settings = Schemas["Settings"];
/** What is kept for a number of days, as the settings name it. */
const KEPT = ["working_time_days", "work_days", "messages_days", "positions_days", "sessions_days", "events_days", "deleted_days"] as const;
type Kept = (typeof KEPT)[number];
type Draft = { name: string; zone: string; language: Own["language"]; location: NonNullable<Settings["location"]>; closedDays: string; filesDays: string; photoEdge: string; photoQuality: string; photoMetadata: boolean; agreement: boolean; soapFlags: boolean; kept: Record<Kept, string>; hold: boolean };

const draftOf = (own?: Own): Draft => ({
    name: own?.name ?? "",
    zone: own?.zone ?? "",
    language: own?.language ?? "es",
    location: own?.settings?.location ?? "entries",
    closedDays: String(own?.settings?.closed_task_days ?? 7),
    filesDays: String(own?.settings?.files_wait_days ?? 7),
    photoEdge: String(own?.settings?.photos?.longest_edge_px ?? 1920),
    photoQuality: String(own?.settings?.photos?.quality_percent ?? 80),
    photoMetadata: own?.settings?.photos?.keep_metadata ?? false,
    agreement: own?.settings?.correction_agreement ?? false,
    soapFlags: own?.settings?.soap_flags_optional ?? false,
    kept: Object.fromEntries(KEPT.map((name) => [name, String(own?.settings?.retention?.[name] ?? "")])) as Record<Kept, string>,
    hold: own?.settings?.retention?.legal_hold ?? false,
});

const numberOf = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);

const bodyOf = (draft: Draft) => ({
    name: draft.name.trim(),
    zone: draft.zone,
    language: draft.language,
    settings: {
        location: draft.location,
        closed_task_days: numberOf(draft.closedDays),
        files_wait_days: numberOf(draft.filesDays),
        photos: { longest_edge_px: numberOf(draft.photoEdge), quality_percent: numberOf(draft.photoQuality), keep_metadata: draft.photoMetadata },
        correction_agreement: draft.agreement,
        soap_flags_optional: draft.soapFlags,
        retention: {
            ...Object.fromEntries(KEPT.map((name) => [name, draft.kept[name].trim() === "" ? null : numberOf(draft.kept[name])])),
            legal_hold: draft.hold,
        },
    },
});

export function Account() {
    const { t } = useLingui();
    const own = useSuspenseQuery(accountQuery()).data;
    const editing = useEditing<Draft, Own>({
        place: "account",
        object: own,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        change: (changes, version) => versioned(api.PATCH("/v1/account", { params: { header: ifMatch(version) }, body: changes as never, headers: { "Content-Type": "application/merge-patch+json" } })),
        again: () => versioned(api.GET("/v1/account")),
        saved: async (saved) => {
            queries.setQueryData(accountQuery().queryKey, saved);
            say(t`Cuenta guardada`);
            // Name and zone stand on every page.
            await resume();
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = {
        name: t`Nombre de la empresa`,
        zone: t`Zona horaria`,
        language: t`Idioma`,
        "settings.location": t`Cuándo registran los teléfonos dónde están`,
        "settings.closed_task_days": t`Días que el teléfono guarda una tarea cerrada`,
        "settings.files_wait_days": t`Días que una captura espera sus archivos`,
        "settings.photos.longest_edge_px": t`Lado más largo de una foto, en píxeles`,
        "settings.photos.quality_percent": t`Calidad de una foto, en %`,
        "settings.retention.working_time_days": t`Marcaciones y períodos cerrados`,
        "settings.retention.work_days": t`Trabajo en tareas, formularios y fotos`,
        "settings.retention.messages_days": t`Mensajes`,
        "settings.retention.positions_days": t`Recorridos`,
        "settings.retention.sessions_days": t`Uso de los teléfonos`,
        "settings.retention.events_days": t`Lo que dicen los eventos`,
        "settings.retention.deleted_days": t`Lo que se eliminó: tareas, personas, lugares, órdenes`,
    };
    return (
        <Page section={t`Ajustes`} title={t`Cuenta`} className="page-text">
            <section>
                <EditForm id="account-form" editing={editing} labels={labels}>
                    <h2>
                        <Trans>La empresa</Trans>
                    </h2>
                    <KeyValues facts={[[t`Código`, own.code]]} />
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} />
                    <Combo label={labels.zone!} name="zone" options={zones()} value={draft.zone} onChange={(zone) => zone && set({ zone })} error={errorAt("zone")} help={t`Con ella se cuentan los días, se leen las horas de los archivos y se hacen las exportaciones.`} opens="input" />
                    {draft.zone !== own.zone && (
                        <Note kind="wait">
                            <Trans>Cambia el día al que pertenece lo que se registre desde ahora en adelante, y la hora en que se hacen las exportaciones.</Trans>
                        </Note>
                    )}
                    <Select label={labels.language!} name="language" options={[{ id: "es", label: t`Español` }, { id: "en", label: t`Inglés` }]} value={draft.language} onChange={(language) => set({ language: language as Draft["language"] })} error={errorAt("language")} help={t`De lo que Campo escribe para la empresa: archivos, resultados, correos. Cada persona elige el suyo.`} />
                    <h2>
                        <Trans>Los teléfonos</Trans>
                    </h2>
                    <RadioGroup
                        label={labels["settings.location"]!}
                        name="settings.location"
                        options={[
                            { id: "never", label: t`Nunca` },
                            { id: "entries", label: t`Con cada marcación y tarea`, detail: t`Solo en el instante de lo que se registra.` },
                            { id: "shift", label: t`Durante toda la jornada`, detail: t`Nunca fuera de ella; el teléfono lo muestra siempre.` },
                        ]}
                        value={draft.location}
                        onChange={(location) => set({ location: location as Draft["location"] })}
                        help={t`Un perfil de empleados puede decir otra cosa.`}
                        error={errorAt("settings.location")}
                    />
                    <div className="form-pair">
                        <TextField label={labels["settings.closed_task_days"]!} name="settings.closed_task_days" inputMode="numeric" value={draft.closedDays} onChange={(closedDays) => set({ closedDays })} error={errorAt("settings.closed_task_days")} help={t`De 0 a 365.`} />
                        <TextField label={labels["settings.files_wait_days"]!} name="settings.files_wait_days" inputMode="numeric" value={draft.filesDays} onChange={(filesDays) => set({ filesDays })} error={errorAt("settings.files_wait_days")} help={t`De 1 a 365; después sale sin ellos.`} />
                    </div>
                    <div className="form-pair">
                        <TextField label={labels["settings.photos.longest_edge_px"]!} name="settings.photos.longest_edge_px" inputMode="numeric" value={draft.photoEdge} onChange={(photoEdge) => set({ photoEdge })} error={errorAt("settings.photos.longest_edge_px")} help={t`De 320 a 4096: las más grandes se reducen en el teléfono.`} />
                        <TextField label={labels["settings.photos.quality_percent"]!} name="settings.photos.quality_percent" inputMode="numeric" value={draft.photoQuality} onChange={(photoQuality) => set({ photoQuality })} error={errorAt("settings.photos.quality_percent")} help={t`De 30 a 100.`} />
                    </div>
                    <Checkbox name="settings.photos.keep_metadata" selected={draft.photoMetadata} onChange={(photoMetadata) => set({ photoMetadata })} help={t`Sin ellos solo sale la imagen.`}>
                        <Trans>Las fotos conservan los datos de la cámara: modelo, instante y lugar</Trans>
                    </Checkbox>
                    <h2>
                        <Trans>Las jornadas</Trans>
                    </h2>
                    <Checkbox name="settings.correction_agreement" selected={draft.agreement} onChange={(agreement) => set({ agreement })} help={t`Lo que pide el personal siempre necesita el acuerdo de la oficina.`}>
                        <Trans>Las correcciones de la oficina valen solo cuando la persona está de acuerdo</Trans>
                    </Checkbox>
                    <h2>
                        <Trans>Cuántos días se conserva</Trans>
                    </h2>
                    <Note>
                        <Trans>De 30 días en adelante; vacío, para siempre. Después se borra: los datos y las fotos, no que hubo algo. Antes de poner un plazo a las marcaciones, mire qué pide la ley.</Trans>
                    </Note>
                    {KEPT.map((name) => (
                        <TextField key={name} label={labels[`settings.retention.${name}`]!} name={`settings.retention.${name}`} inputMode="numeric" value={draft.kept[name]} onChange={(days) => set({ kept: { ...draft.kept, [name]: days } })} error={errorAt(`settings.retention.${name}`)} />
                    ))}
                    <Checkbox name="settings.retention.legal_hold" selected={draft.hold} onChange={(hold) => set({ hold })} help={t`Para un juicio o una inspección: va antes que todos los plazos.`}>
                        <Trans>No se borra nada por ahora</Trans>
                    </Checkbox>
                    <h2>SOAP</h2>
                    <Checkbox name="settings.soap_flags_optional" selected={draft.soapFlags} onChange={(soapFlags) => set({ soapFlags })} help={t`Para programas viejos que nunca las ponen.`}>
                        <Trans>Los campos de DynamicTask cuentan también sin su marca …HasValue</Trans>
                    </Checkbox>
                    <div className="form-acts">
                        <EditActs form="account-form" editing={editing} onDiscard={editing.changed ? () => undefined : undefined} />
                    </div>
                </EditForm>
            </section>
        </Page>
    );
}
