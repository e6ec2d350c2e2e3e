"""An operator's own schema of replies: what this seller promises to whoever reads them, beyond the public documents."""

from __future__ import annotations

from typing import Final

REPLY_XSD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="OPS_envelope">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="header">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="version" type="xs:decimal"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="body">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="data_block">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="dt_assoc" type="assoc"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="assoc">
    <xs:sequence>
      <xs:element name="item" minOccurs="0" maxOccurs="unbounded">
        <xs:complexType mixed="true">
          <xs:sequence>
            <xs:element name="dt_assoc" type="assoc" minOccurs="0"/>
          </xs:sequence>
          <xs:attribute name="key" type="key" use="required"/>
        </xs:complexType>
      </xs:element>
    </xs:sequence>
  </xs:complexType>
  <xs:simpleType name="key">
    <xs:restriction base="xs:string">
      <xs:pattern value="[a-z_]+"/>
    </xs:restriction>
  </xs:simpleType>
</xs:schema>
"""
