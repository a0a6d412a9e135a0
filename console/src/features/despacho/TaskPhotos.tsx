// The photos of a task: those that are here, and dashed places for those on their way.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { CloudUpload, FileText } from "lucide-react";
import { useState } from "react";
import { useFormat } from "~/app/format";
import { Dialog, Status } from "~/ui";
import type { Entry } from "./queries";
import { saveFile, useFileAddress } from "./useBytes";

type Photo = { hash: string; stored: boolean; media_type?: string | null; size_bytes: number; at: string };

export function TaskPhotos({ entries }: { entries: Entry[] }) {
    const { t } = useLingui();
    const format = useFormat();
    const [open, setOpen] = useState<Photo | null>(null);
    const photos: Photo[] = entries.flatMap((entry) => entry.files.map((file) => ({ ...file, at: entry.occurred_at })));
    if (photos.length === 0) return null;
    const here = photos.filter((photo) => photo.stored);
    const coming = photos.filter((photo) => !photo.stored);
    const bytes = coming.reduce((sum, photo) => sum + photo.size_bytes, 0);
    return (
        <section className="stack-tight">
            <div className="dr-sec">
                <h3>
                    <Trans>Fotos</Trans>
                </h3>
                <span className="dim">{coming.length > 0 ? t`${here.length} de ${photos.length}` : here.length}</span>
                {coming.length > 0 && (
                    <Status family="not-yet" icon={CloudUpload}>
                        {plural(coming.length, { one: "# llegando", other: "# llegando" })} · {format.bytes(bytes)}
                    </Status>
                )}
            </div>
            <div className="photos">
                {here.map((photo) => (
                    <Thumb key={photo.hash + photo.at} photo={photo} onOpen={() => setOpen(photo)} />
                ))}
                {coming.slice(0, 12).map((photo) => (
                    <div key={photo.hash + photo.at} className="ph wait" title={t`En camino: ${format.bytes(photo.size_bytes)}`}>
                        <CloudUpload size={16} aria-hidden />
                    </div>
                ))}
                {coming.length > 12 && <div className="ph wait">+{coming.length - 12}</div>}
            </div>
            {open && <Large photo={open} onClose={() => setOpen(null)} />}
        </section>
    );
}

const isPicture = (photo: Photo) => !photo.media_type || photo.media_type.startsWith("image/");

function Thumb({ photo, onOpen }: { photo: Photo; onOpen: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const address = useFileAddress(photo.hash, isPicture(photo));
    const name = t`Foto de las ${format.moment(photo.at)}, ${format.bytes(photo.size_bytes)}`;
    if (!isPicture(photo)) {
        return (
            <button type="button" className="ph" aria-label={t`Archivo de las ${format.moment(photo.at)}`} onClick={() => void saveFile(photo.hash, `${photo.hash.slice(0, 8)}.${photo.media_type?.split("/").at(-1) ?? "bin"}`)}>
                <FileText size={16} aria-hidden />
            </button>
        );
    }
    return (
        <button type="button" className="ph" aria-label={name} onClick={onOpen}>
            {address && <img src={address} alt="" />}
        </button>
    );
}

function Large({ photo, onClose }: { photo: Photo; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const address = useFileAddress(photo.hash, true);
    return (
        <Dialog title={t`Foto de las ${format.moment(photo.at)}`} open onClose={onClose} wide>
            {address && <img src={address} alt={t`Foto de las ${format.moment(photo.at)}`} className="photo-large" />}
            <p className="dim code">SHA-256 {photo.hash}</p>
        </Dialog>
    );
}
