// The channels: where events go, how far each is, and what it could not deliver.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FolderOutput, Mail, Plus, Webhook } from "lucide-react";
import { useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { Button, type Column, EmptyState, SecretOnce, Status, Table } from "~/ui";
import { toOf } from "../intercambio/destination";
import { useDestinationWords } from "../intercambio/DestinationFields";
import { ChannelDrawer } from "./ChannelDrawer";
import { ChannelForm } from "./ChannelForm";
import { type Channel, channelsQuery } from "./queries";
import type { ChannelsSearch } from "./routes";
import { standing } from "./words";
import "../services.css";

const route = getRouteApi("/integraciones/notificaciones");
const NEW = "nuevo";

/** `erp.example.com` of an address; the address itself where it is none. */
export function hostOf(url: string): string {
    try {
        return new URL(url).host;
    } catch {
        return url;
    }
}

export function Channels() {
    const { t } = useLingui();
    const format = useFormat();
    const { canal, editar } = route.useSearch();
    const navigate = route.useNavigate();
    const all = useSuspenseQuery(channelsQuery()).data;
    // What a channel sends is what was captured: whoever may not read it makes none.
    const mayMake = useMay("view_entries");
    const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null);
    const go = (change: ChannelsSearch, replace = false) => void navigate({ search: change, replace });
    const close = () => {
        go({});
        focusRow(canal);
    };
    const rows = [...all].sort((a, b) => Number(standing(b).needsSomebody) - Number(standing(a).needsSomebody));
    const places = useDestinationWords();
    const where = (channel: Channel, short: boolean) => (channel.folder ? places(toOf(channel.folder)) : channel.mail ? (channel.mail.recipients ?? []).join(", ") : short ? hostOf(channel.url) : channel.url);
    const what = (channel: Channel) => (channel.document?.kind === "office_track" ? "OfficeTrack" : "Campo");
    const delivered = (channel: Channel) => (channel.progress.delivered_at ? format.moment(channel.progress.delivered_at) : "—");
    const columns: Column<Channel>[] = [
        { id: "name", header: t`Canal`, width: "minmax(120px,1.2fr)", cell: (channel) => <b>{channel.name}</b>, text: (channel) => channel.name },
        { id: "state", header: t`Estado`, width: "minmax(150px,1.2fr)", cell: (channel) => <ChannelStatus channel={channel} />, text: (channel) => standing(channel).words },
        { id: "to", header: t`Destino`, width: "minmax(120px,1.2fr)", from: 520, cell: (channel) => <Where kind={channel.kind}>{where(channel, true)}</Where>, text: (channel) => where(channel, false) },
        { id: "format", header: t`Formato`, width: "100px", from: 640, cell: what, text: what },
        { id: "delivered", header: t`Última entrega`, width: "120px", from: 720, cell: delivered, text: delivered },
    ];
    const current = all.find(({ id }) => id === canal);
    useActions([
        { id: "channel-new", key: "N", label: t`Nuevo canal`, reason: mayMake ? undefined : t`Hace falta el permiso «Ver lo capturado en los teléfonos».`, run: () => go({ canal: NEW }) },
        ...(current && mayMake ? [{ id: "channel-edit", key: "E", label: t`Editar el canal abierto`, run: () => go({ canal, editar: true }) }] : []),
    ]);
    const drawer =
        canal === NEW && mayMake ? (
            <ChannelForm
                onClose={close}
                onSaved={(made) => {
                    go({ canal: made.id }, true);
                    // Nobody verifies a file or a mail: what signs requests is of no use there.
                    if (made.kind === "http" && "secret" in made) setSecret({ name: made.name, secret: String(made.secret) });
                }}
            />
        ) : current && editar && mayMake ? (
            <ChannelForm key={current.id} channel={current} onClose={() => go({ canal })} onSaved={() => go({ canal })} />
        ) : current ? (
            <ChannelDrawer key={current.id} channel={current} onClose={close} onEdit={() => go({ canal, editar: true })} onSecret={(shown) => setSecret({ name: current.name, secret: shown })} />
        ) : undefined;
    return (
        <Page
            section={t`Integraciones`}
            title={t`Notificaciones`}
            className="page-fill"
            primary={
                <Button look="primary" icon={Plus} keyName="N" reason={mayMake ? undefined : t`Hace falta el permiso «Ver lo capturado en los teléfonos».`} onPress={() => go({ canal: NEW })}>
                    <Trans>Nuevo canal</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <div className="toolbar">
                    <span className="count-words">{plural(all.length, { one: "# canal", other: "# canales" })}</span>
                    <span className="grow" />
                    <a className="link" href="/referencia#events" target="_blank" rel="noreferrer">
                        <Trans>Cómo se recibe y se verifica una notificación</Trans>
                    </a>
                </div>
                <Table
                    label={t`Canales`}
                    columns={columns}
                    rows={rows}
                    rowKey={(channel) => channel.id}
                    rowLabel={(channel) => channel.name}
                    current={canal}
                    onOpen={(channel) => go({ canal: channel.id })}
                    empty={
                        <EmptyState icon={Webhook} title={t`Nada sale todavía`} acts={mayMake && <Button icon={Plus} onPress={() => go({ canal: NEW })}>{t`Nuevo canal`}</Button>}>
                            <Trans>Por un canal, otro sistema recibe lo que pasa en el momento, en su dirección, como archivos en una carpeta o por correo: marcaciones, formularios, cambios de tareas.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
            {secret && <SecretOnce title={t`Secreto de «${secret.name}»`} secrets={[{ label: t`Secreto con el que se firma`, value: secret.secret }]} onClose={() => setSecret(null)} />}
        </Page>
    );
}

function Where({ kind, children }: { kind: Channel["kind"]; children: string }) {
    const Icon = { folder: FolderOutput, mail: Mail, http: Webhook }[kind ?? "http"];
    return (
        <span className="dim where">
            <Icon size={14} aria-hidden />
            <span className="cut">{children}</span>
        </span>
    );
}

export function ChannelStatus({ channel, pill }: { channel: Channel; pill?: boolean }) {
    const { family, icon, words } = standing(channel);
    return (
        <Status family={family} icon={icon} pill={pill}>
            {words}
        </Status>
    );
}
