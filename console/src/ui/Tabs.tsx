import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";

export type TabPage = { id: string; label: ReactNode; content: ReactNode };

export function Tabs({ label, pages, value, onChange }: { label: string; pages: TabPage[]; value?: string; onChange?: (id: string) => void }) {
    return (
        <AriaTabs selectedKey={value} onSelectionChange={(key) => onChange?.(String(key))} className="tabs-box">
            <TabList aria-label={label} className="tabs">
                {pages.map((page) => (
                    <Tab key={page.id} id={page.id} className="tab">
                        {page.label}
                    </Tab>
                ))}
            </TabList>
            {pages.map((page) => (
                <TabPanel key={page.id} id={page.id} className="tab-panel">
                    {page.content}
                </TabPanel>
            ))}
        </AriaTabs>
    );
}
