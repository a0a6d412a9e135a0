// Customers' servers: from where files are taken, where exports are brought, and whether all is well there.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus, Server } from "lucide-react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Button, type Column, EmptyState, Status, Table } from "~/ui";
import { ExchangePage } from "./ExchangePage";
import { type Remote, remotesQuery } from "./queries";
import { RemoteDrawer } from "./RemoteDrawer";
import { RemoteForm } from "./RemoteForm";
import { type OpenSearch, REMOTES } from "./routes";
import { remoteFace } from "./words";

const route = getRouteApi(REMOTES);
const NEW = "nuevo";

export const addressOf = ({ protocol, host, port }: Remote): string => `${protocol}://${host}${port == null ? "" : `:${port}`}`;

export function Remotes() {
    const { t } = useLingui();
    const format = useFormat();
    const { abierto, editar } = route.useSearch();
    const navigate = route.useNavigate();
    const remotes = useSuspenseQuery(remotesQuery()).data;
    const go = (search: OpenSearch, replace = false) => void navigate({ search, replace });
    const close = () => {
        go({});
        focusRow(abierto);
    };
    const reached = (remote: Remote) => (remote.reached_at ? format.moment(remote.reached_at) : t`Nunca`);
    const columns: Column<Remote>[] = [
        { id: "name", header: t`Servidor`, width: "minmax(120px,1.2fr)", cell: (remote) => <b>{remote.name}</b>, text: (remote) => remote.name },
        {
            id: "state",
            header: t`Estado`,
            width: "minmax(126px,150px)",
            cell: (remote) => {
                const { family, icon, words } = remoteFace(remote);
                return (
                    <Status family={family} icon={icon} title={remote.problem?.text}>
                        {words}
                    </Status>
                );
            },
            text: (remote) => remoteFace(remote).words,
        },
        { id: "address", header: t`Dirección`, width: "minmax(140px,1.6fr)", from: 480, cell: (remote) => <code>{addressOf(remote)}</code>, text: addressOf },
        { id: "waiting", header: t`Por llevar`, width: "84px", numeric: true, from: 640, cell: (remote) => remote.waiting, text: (remote) => String(remote.waiting) },
        { id: "reached", header: t`Última visita`, width: "118px", from: 560, cell: reached, text: (remote) => remote.reached_at ?? "" },
    ];
    const current = remotes.find(({ id }) => id === abierto);
    useActions([
        { id: "remote-new", key: "N", label: t`Nuevo servidor del cliente`, run: () => go({ abierto: NEW }) },
        ...(current ? [{ id: "remote-edit", key: "E", label: t`Editar el servidor abierto`, run: () => go({ abierto, editar: true }) }] : []),
    ]);
    const drawer =
        abierto === NEW ? (
            <RemoteForm onClose={close} onSaved={(saved) => go({ abierto: saved.id }, true)} />
        ) : current && editar ? (
            <RemoteForm key={current.id} known={current} onClose={() => go({ abierto })} onSaved={() => go({ abierto })} />
        ) : current ? (
            <RemoteDrawer key={current.id} remote={current} onClose={close} onEdit={() => go({ abierto, editar: true })} />
        ) : undefined;
    return (
        <ExchangePage
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                    <Trans>Nuevo servidor</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Servidores del cliente`}
                    columns={columns}
                    rows={remotes}
                    rowKey={(remote) => remote.id}
                    rowLabel={(remote) => remote.name}
                    current={abierto}
                    onOpen={(remote) => go({ abierto: remote.id })}
                    empty={
                        <EmptyState icon={Server} title={t`Campo no visita ningún servidor todavía`} acts={<Button icon={Plus} onPress={() => go({ abierto: NEW })}>{t`Nuevo servidor`}</Button>}>
                            <Trans>Cuando la empresa tiene su propio FTP o SFTP, Campo entra allí: toma los archivos que se importan y lleva los que se exportan.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </ExchangePage>
    );
}
