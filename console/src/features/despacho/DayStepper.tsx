import { useLingui } from "@lingui/react/macro";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { Button, IconButton } from "~/ui";
import { stepped } from "./model";

/** The day, the ones before and after it, and any other. */
export function DayStepper({ day, today, onDay }: { day: string; today: string; onDay: (day: string) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const [open, setOpen] = useState(false);
    const noon = `${day}T12:00:00Z`;
    const long = formatIn(format.locale, "UTC").longDay(noon);
    const word = day === today ? t`Hoy, ${long}` : day === stepped(today, 1) ? t`Mañana, ${long}` : day === stepped(today, -1) ? t`Ayer, ${long}` : long;
    return (
        <div className="day">
            <IconButton name={t`Día anterior`} icon={ChevronLeft} small onPress={() => onDay(stepped(day, -1))} />
            <DialogTrigger isOpen={open} onOpenChange={setOpen}>
                <AriaButton className="day-word" aria-label={t`Día: ${word}. Elegir otro`}>
                    {word}
                </AriaButton>
                <Popover className="popover day-pick">
                    <Dialog aria-label={t`Elegir el día`}>
                        <input
                            type="date"
                            className="inp"
                            aria-label={t`Día`}
                            defaultValue={day}
                            onChange={(event) => {
                                if (event.target.value) onDay(event.target.value);
                            }}
                            onKeyDown={(event) => event.key === "Enter" && setOpen(false)}
                        />
                        {day !== today && (
                            <Button
                                look="quiet"
                                onPress={() => {
                                    onDay(today);
                                    setOpen(false);
                                }}
                            >
                                {t`Hoy`}
                            </Button>
                        )}
                    </Dialog>
                </Popover>
            </DialogTrigger>
            <IconButton name={t`Día siguiente`} icon={ChevronRight} small onPress={() => onDay(stepped(day, 1))} />
        </div>
    );
}
